#pragma once

// hdf5.h brings MPI's header along; ours leaves its C++ part out.
#include <hdf5.h>
#include "comm/mpi_header.hpp"

namespace vireo::hdf5 {

/// What the system has refused first of all that was to be written to a file.
struct WriteFailure {
  int error = 0;  ///< an errno; 0: nothing was refused
};

/// Has files that are opened with these properties written by a driver of ours, which does what the library's own
/// serial one does, byte for byte, but tells the library of no failure. The library does not survive what it cannot
/// write: it goes on with what it still holds, and its clean-up ends in a signal. Here the first failure is noted in
/// `failure`, which must outlive the files, and nothing is written from then on: a file is left as if the process had
/// been killed at that moment.
void note_failures(hid_t access, WriteFailure& failure);

}  // namespace vireo::hdf5

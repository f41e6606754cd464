#pragma once

namespace vireo::comm {

/// Turns a return code of MPI into Error(internal) with the call's name and MPI's text.
void check_mpi(int code, const char* call);

}  // namespace vireo::comm

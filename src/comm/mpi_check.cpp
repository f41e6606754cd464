#include "comm/mpi_check.hpp"

#include <array>
#include <string>

#include "comm/mpi_header.hpp"
#include "vireo/core/error.hpp"

namespace vireo::comm {

void check_mpi(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  const bool known = MPI_Error_string(code, text.data(), &length) == MPI_SUCCESS;
  throw Error(ErrorKind::internal, std::string(call) + ": " +
                                       (known ? std::string(text.data(), static_cast<std::size_t>(length))
                                              : "MPI error " + std::to_string(code)));
}

}  // namespace vireo::comm

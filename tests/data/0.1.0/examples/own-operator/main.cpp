#include "vireo/app/main.hpp"
#include "cournot.hpp"

int main(int argc, char** argv) { return vireo::run_program(argc, argv, register_cournot); }

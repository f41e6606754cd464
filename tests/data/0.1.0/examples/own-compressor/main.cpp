#include "vireo/app/main.hpp"
#include "bernoulli.hpp"

int main(int argc, char** argv) { return vireo::run_program(argc, argv, register_bernoulli); }

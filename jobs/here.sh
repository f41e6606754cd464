# Where a job is: to be sourced by the scripts of this folder, in the source tree and where Vireo is installed.
#   vireo_home       the folder that has jobs/ and analysis/; in the source tree it becomes the current one
#   vireo_program    sets VIREO, unless it is set: in the source tree to what it installs packages for and builds, else to the installed program
vireo_home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [[ -f $vireo_home/CMakeLists.txt ]]; then
  cd "$vireo_home"
  vireo_program() {
    jobs/install-packages.sh
    if [[ -z ${VIREO:-} ]]; then
      jobs/build.sh release -DVIREO_TESTS=OFF
      VIREO=build/release/vireo
    fi
  }
else
  vireo_program() {
    if [[ -z ${VIREO:-} ]]; then
      VIREO=$(realpath "$vireo_home/../../bin/vireo")
      [[ -x $VIREO ]] || VIREO=$(command -v vireo) || { echo "vireo is not on PATH: set VIREO" >&2; exit 2; }
    fi
    export VIREO
  }
fi

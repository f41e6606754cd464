#include "app/man_page.hpp"

#include <fmt/format.h>

#include "app/manifest.hpp"
#include "app/plug_in_text.hpp"
#include "app/run_options.hpp"

namespace vireo::app {

namespace {

/// Text that roff shows as it is, on one line.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '"':
        out += "\\(dq";
        break;
      case '\n':
        out += ' ';
        break;
      default:
        out += c;
    }
  return out.starts_with('.') ? "\\&" + out : out;
}

std::string bold(const std::string& text) { return "\\fB" + escaped(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + escaped(text) + "\\fR"; }

/// A name, and what it means in an indented paragraph.
std::string tagged(const std::string& tag, const std::string& text) {
  return ".TP\n" + tag + "\n" + escaped(text) + "\n";
}

std::string section(const std::string& name) { return ".SH " + name + "\n"; }

/// Lines that are shown as they are.
std::string example(const std::string& lines) {
  std::string out = ".PP\n.RS 4\n.nf\n";
  for (std::size_t begin = 0; begin < lines.size();) {
    const auto end = lines.find('\n', begin);
    out += escaped(lines.substr(begin, end - begin)) + "\n";
    begin = end == std::string::npos ? lines.size() : end + 1;
  }
  return out + ".fi\n.RE\n";
}

std::string synopsis() {
  const auto line = [](const std::string& command, const std::string& rest) { return bold(command) + " " + rest; };
  return section("SYNOPSIS") +
         line("vireo solve", bold("--problem") + " " + italic("SPEC") + " " + bold("--method") + " " + italic("SPEC") +
                                 " [" + italic("options") + "]\n.br\n") +
         line("vireo resume", italic("CHECKPOINT.h5") + " [" + italic("options") + "]\n.br\n") +
         line("vireo verify", italic("TRACE.h5") + " [" + bold("--quiet") + "]\n.br\n") +
         line("vireo info", italic("FILE.h5") + "\n.br\n") +
         line("vireo list", "[" + italic("KIND") + " [" + italic("NAME") + "]] [" + bold("--names") + "]\n.br\n") +
         line("vireo help", "[" + italic("SUBCOMMAND") + " | " + bold("--man") + "]\n.br\n") +
         line("vireo --version", "[" + bold("--json") + "]\n");
}

/// The options that a run which is resumed may be given anew.
std::string resume_text() {
  std::string names;
  for (const auto& group : run_options(OnResume::free))
    for (const auto& option : group.options) names += (names.empty() ? "--" : ", --") + option.name;
  return "goes on with a run from its checkpoint, on any number of ranks, to the same bytes as if it had not been "
         "interrupted; takes --quiet and, of the options of solve, " +
         names;
}

std::string description() {
  return section("DESCRIPTION") +
         escaped(
             "Vireo solves distributed finite-sum variational inequalities, saddle points and games: it finds z* with "
             "<F(z*), z - z*> + g(z) - g(z*) >= 0 for all z, where F is the mean of n components that are dealt to M "
             "workers. The workers are mapped onto the ranks that mpirun starts; the result does not depend on the "
             "number of ranks.") +
         "\n" + tagged(bold("solve"), "solves, and writes a trace; its last line on standard output is JSON") +
         tagged(bold("resume"), resume_text()) +
         tagged(bold("verify"), "rebuilds the problem of a trace and recomputes the residual at its solution") +
         tagged(bold("info"), "shows what a trace or a checkpoint holds") +
         tagged(bold("list"),
                "prints problems, methods, compressors and regularizers with their parameters, or their names alone") +
         tagged(bold("help"), "prints a summary, the options of a subcommand, or this page in the language of roff");
}

std::string options(const OptionTable& table) {
  std::string out = section("OPTIONS OF SOLVE");
  for (const auto& group : table) {
    out += ".SS " + escaped(group.heading) + "\n";
    for (const auto& option : group.options)
      out +=
          tagged(bold("--" + option.name) + (option.value.empty() ? "" : " " + italic(option.value)), option.meaning);
  }
  return out;
}

std::string specs() {
  return section("SPECS") +
         escaped(
             "A SPEC is name[:key=value[,key=value...]]. A value may be a SPEC in brackets, as in "
             "induced:first=[topk:k=10],second=[randk:k=10]. A step is auto (what the theory gives), a number, or a "
             "multiple such as 2x of auto. Names and keys are those of the following sections.") +
         "\n";
}

template <class Entry>
std::string plug_ins(const std::string& heading, const Catalog<Entry>& catalog) {
  std::string out = section(heading);
  for (const auto& entry : catalog.entries()) {
    out += tagged(bold(entry.name), entry.summary) + ".RS\n";
    const auto paragraph = [&](const std::string& text) {
      if (!text.empty() && text != "-") out += ".PP\n" + escaped(text) + "\n";
    };
    paragraph(entry.formula);
    paragraph(entry.reference);
    paragraph(defaults_text(entry));
    for (const auto& parameter : entry.parameters) out += tagged(bold(parameter.name), parameter_text(parameter));
    out += ".RE\n";
  }
  return out;
}

std::string exit_status() {
  return section("EXIT STATUS") + tagged("0", "the tolerance was reached, or verify agrees; help, list, info done") +
         tagged("1", "internal error, also ranks whose iterates differ") +
         tagged("2", "usage or configuration error; nothing was computed") +
         tagged("3", "missing, malformed or incompatible data or file") +
         tagged("4", "diverged or not finite; verify disagrees") +
         tagged("5", "a limit was reached first, or a signal stopped the run and there is no checkpoint") +
         tagged("6", "a file could not be written, or no checkpoint is whole") +
         tagged("75", "a signal or --max-seconds stopped the run, and a good checkpoint was written");
}

std::string examples() {
  return section("EXAMPLES") +
         example(
             "mpirun -n 2 vireo solve --problem bilinear:dimension=200 --method masha1 \\\n"
             "    --uplink randk:fraction=0.1 --trace run.h5\n"
             "vireo verify run.h5\n"
             "vireo solve --problem matrix-game:matrix=random --method extragradient --simulate 8");
}

}  // namespace

std::string man_page(const Registry& registry, const OptionTable& solve) {
  return fmt::format(".TH VIREO 1 \"\" \"{}\" \"User Commands\"\n", escaped(program_name())) + ".nh\n.ad l\n" +
         section("NAME") + "vireo \\- distributed solver for variational inequalities, saddle points and games\n" +
         synopsis() + description() + options(solve) + specs() + plug_ins("PROBLEMS", registry.problems) +
         plug_ins("METHODS", registry.methods) + plug_ins("COMPRESSORS", registry.compressors) +
         plug_ins("REGULARIZERS", registry.regularizers) + exit_status() + examples() + section("SEE ALSO") +
         bold("mpirun") + "(1)\n";
}

}  // namespace vireo::app

#include "app/man_page.hpp"

#include <fmt/format.h>

#include "app/exit_codes.hpp"
#include "app/manifest.hpp"
#include "app/plug_in_text.hpp"
#include "app/subcommands.hpp"

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

/// "TRACE.h5 [--quiet]" with what is typed as it stands in bold, and what stands for something else, in capitals or
/// between brackets, in italics.
std::string marked_up(const std::string& synopsis) {
  std::string out;
  const auto add = [&](const std::string& word) {
    const bool literal = word.starts_with("--");
    if (!word.empty()) out += word == "|" ? word : literal ? bold(word) : italic(word);
  };
  std::string word;
  for (const char c : synopsis) {
    if (c != ' ' && c != '[' && c != ']') {
      word += c;
      continue;
    }
    add(word);
    word.clear();
    out += c;
  }
  add(word);
  return out;
}

std::string synopsis() {
  std::string lines;
  for (const auto& command : subcommands())
    lines += (lines.empty() ? "" : ".br\n") + bold("vireo " + command.name) + " " + marked_up(command.synopsis) + "\n";
  return section("SYNOPSIS") + lines;
}

std::string description() {
  std::string what_they_do;
  for (const auto& command : subcommands())
    if (!command.in_manual.empty()) what_they_do += tagged(bold(command.name), command.in_manual);
  return section("DESCRIPTION") +
         escaped(
             "Vireo solves distributed finite-sum variational inequalities, saddle points and games: it finds z* with "
             "<F(z*), z - z*> + g(z) - g(z*) >= 0 for all z, where F is the mean of n components that are dealt to M "
             "workers. The workers are mapped onto the ranks that mpirun starts; the result does not depend on the "
             "number of ranks.") +
         "\n" + what_they_do;
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
  std::string out = section("EXIT STATUS");
  for (const auto& [code, meaning] : exit_codes()) out += tagged(std::to_string(static_cast<int>(code)), meaning);
  return out;
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

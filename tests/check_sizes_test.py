#!/usr/bin/env python3
"""tools/check-sizes.py finds each function of C++ with its first and last line, whatever stands in strings, comments and heads, and fails by its limits."""
import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

TOOL = pathlib.Path(__file__).resolve().parent.parent / "tools" / "check-sizes.py"
specification = importlib.util.spec_from_file_location("check_sizes", TOOL)
check_sizes = importlib.util.module_from_spec(specification)
specification.loader.exec_module(check_sizes)


def found(text):
    """name: (first line, last line), of the text without its first line end"""
    functions = check_sizes.functions_of(textwrap.dedent(text).removeprefix("\n"))
    return {function.name: (function.first, function.last) for function in functions}


class Functions(unittest.TestCase):
    def test_free_member_and_constructed(self):
        self.assertEqual(found("""
            namespace a::b {
            int one(int x) { return x; }
            template <class T, class = std::enable_if_t<(sizeof(T) > 4)>>
            [[nodiscard]] static constexpr auto two(T x)
                noexcept(noexcept(x())) -> decltype(x()) {
              return x();
            }
            int A::B::three() const& {
              if (true) {
                for (;;) {
                }
              }
              return 0;
            }
            class alignas(64) C final : public B<(3 > 2)> {
             public:
              explicit C(int x)
                  : B{x}, b_{{1, 2}}, c_(x),
                    d_{[](int y) { return y; }(x)} {
                use(x);
              }
              ~C() override { close(); }
              bool operator()(int x) const { return x > 0; }
              bool operator==(const C&) const = default;
              C& operator=(C&& other) noexcept {
                return *this;
              }
              operator bool() const { return true; }
              int e = 3, f{4};
             private:
              enum class Kind : int { one, two };
              struct { int x; } unnamed_{1};
            };
            }
            """), {
            "one": (2, 2), "two": (3, 7), "A::B::three": (8, 14), "C": (17, 21), "~C": (22, 22), "lambda": (19, 19), "operator()": (23, 23),
            "operator=": (25, 27), "operator bool": (28, 28)})

    def test_what_is_no_code_does_not_count(self):
        self.assertEqual(found(r'''
            // void comment() {
            /* { { */
            #define LONG(x) \
              void x() {
            const char* text = "void text() { \" {";
            const char* raw = R"mark(
              void raw() { )" {
            )mark";
            const char brace = '{', quote = '\'';
            int f() {
              return 1'000'000 + '}' + "}"[0] + L'{' + 0x1'F;  // }
            }
            int g() { return 1; }
            '''), {"f": (10, 12), "g": (13, 13)})

    def test_tables_and_lambdas(self):
        self.assertEqual(found("""
            const std::vector<Row> table = {
                {"a", 1, {}},
                {"b", 2, [](const Row& row) {
                   return row;
                 }},
            };
            const auto square = [=](auto x) mutable -> decltype(x) {
              const auto inner = [&] { return x; };
              return x * x;
            };
            std::array<int, 2> pair{1, 2};
            void after(std::function<int()> f = [] { return 3; }, Options options = {}) {
              std::sort(a, b, [](int x, int y) {
                return x < y;
              });
            }
            """), {"lambda": (12, 12), "after": (12, 16)})
        functions = check_sizes.functions_of("auto f = [] {\n  int x;\n};\nRow r{[x](int) {\n}};\n")
        self.assertEqual([(f.name, f.first, f.last) for f in functions], [("lambda", 1, 3), ("lambda", 4, 5)])

    def test_a_function_may_be_called_lambda(self):
        self.assertEqual(found("""
            double lambda(int k) {
              return k;
            }
            int next() { return 1; }
            """), {"lambda": (1, 3), "next": (4, 4)})

    def test_requirements_are_no_functions(self):
        self.assertEqual(found("""
            template <class T>
            concept Good = requires(T x) {
              { x.f() } -> std::same_as<int>;
              requires requires { x.g(); };
            };
            template <class T>
            requires Good<T> && requires(T x) { x.h(); }
            int f(T x) requires(sizeof(T) > 2) {
              return 0;
            }
            template <typename T>
            requires std::is_arithmetic_v<T>
            int g(T x) {
              return 0;
            }
            """), {"f": (6, 10), "g": (11, 15)})

    def test_try_blocks_and_c(self):
        self.assertEqual(found("""
            extern "C" {
            int c(void) { return 0; }
            }
            extern "C" int d(void) { return 0; }
            int e() try {
              return 0;
            } catch (const std::exception&) {
              return 1;
            }
            struct S s() { return {}; }
            """), {"c": (2, 2), "d": (4, 4), "e": (5, 9), "s": (10, 10)})

    def test_branches_of_the_preprocessor(self):
        both = """
            #ifdef A
            int f() { return 1; }
            #else
            int g() { return 2; }
            #endif
            """
        self.assertEqual(found(both), {"f": (2, 2), "g": (4, 4)})
        split = """
            #if A
            int f(int) {
            #elif B
            int f(long) {
            #else
            int f() {
            #endif
              return 1;
            }
            #if 0
            }}}
            #endif
            int g() { return 2; }
            """
        self.assertEqual(found(split), {"f": (2, 9), "g": (13, 13)})

    def test_what_can_not_be_measured_is_said(self):
        self.assertRaises(check_sizes.Unbalanced, check_sizes.functions_of, "void f() {\n")
        self.assertRaises(check_sizes.Unbalanced, check_sizes.functions_of, "void f() { ) }\n")
        self.assertRaises(check_sizes.Unbalanced, check_sizes.functions_of, "}\n")


class Limits(unittest.TestCase):
    def check(self, files, *options):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            done = subprocess.run([sys.executable, str(TOOL), *options, folder], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    @staticmethod
    def function(lines):
        return "int f() {\n" + "  ;\n" * (lines - 2) + "}\n"

    def test_a_function_of_70_lines_passes_and_one_of_71_fails(self):
        self.assertEqual(self.check({"src/a.cpp": self.function(70)})[0], 0)
        code, said = self.check({"src/a.cpp": self.function(71)})
        self.assertEqual(code, 1)
        self.assertIn("TOO LONG: 71 lines (at most 70): function src/a.cpp:1 f", said)

    def test_a_file_of_400_lines_passes_and_one_of_401_fails(self):
        small = {f"compressors/{i}.cpp": "\n" for i in range(3)}
        self.assertEqual(self.check({"compressors/a.hpp": "\n" * 400, **small})[0], 0)
        code, said = self.check({"compressors/a.hpp": "\n" * 401, **small})
        self.assertEqual(code, 1)
        self.assertIn("TOO LONG: 401 lines (at most 400): file compressors/a.hpp", said)

    def test_the_median_stays_under_80(self):
        self.assertEqual(self.check({"src/a.cpp": "\n" * 79})[0], 0)
        self.assertEqual(self.check({"src/a.cpp": "\n" * 79, "src/b.cpp": "\n" * 81})[0], 1)

    def test_public_headers_are_counted(self):
        headers = {f"include/vireo/core/{i}.hpp": "\n" for i in range(36)}
        code, said = self.check(headers)
        self.assertEqual(code, 1)
        self.assertIn("TOO MANY: 36 public headers (at most 35)", said)
        self.assertEqual(self.check(headers, "--headers", "36")[0], 0)

    def test_nothing_to_look_at_is_an_error(self):
        self.assertEqual(self.check({"docs/a.md": "\n"})[0], 1)


if __name__ == "__main__":
    sys.exit(unittest.main())

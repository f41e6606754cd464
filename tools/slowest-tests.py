#!/usr/bin/env python3
"""Names the tests that took longest, by the file that ctest --output-junit wrote: tools/slowest-tests.py FILE [HOW_MANY]"""
import sys
import xml.etree.ElementTree

path = sys.argv[1]
how_many = int(sys.argv[2]) if len(sys.argv) > 2 else 10
tests = [(float(case.get("time", 0)), case.get("name")) for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase")]
tests.sort(reverse=True)
if len(tests) > 1 and tests[0][0] > 0:
    print(f"The slowest of {len(tests)} tests, which took {sum(seconds for seconds, _ in tests):.0f} s one by one:")
    for seconds, name in tests[:how_many]:
        print(f"{seconds:8.1f} s  {name}")

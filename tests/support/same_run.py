#!/usr/bin/env python3
"""same_run.py TRACE WHOLE [STARTS]: fails unless both traces hold the same bytes in all that depends neither on clocks nor on the number of ranks,
and, where STARTS is given, TRACE was made in that many starts. Prints the rows and the starts."""
import sys

from traces import read_trace  # which stands beside this script

trace, whole = read_trace(sys.argv[1]), read_trace(sys.argv[2])
differing = [name for name, values in whole.same_bytes().items() if trace.same_bytes().get(name) != values]
if differing or trace.same_bytes().keys() != whole.same_bytes().keys():
    sys.exit(f"{sys.argv[1]} and {sys.argv[2]} differ in: {', '.join(differing) or 'their columns'}")
starts = len(trace.segments["start_row"])
if len(sys.argv) > 3 and starts != int(sys.argv[3]):
    sys.exit(f"{sys.argv[1]} was made in {starts} starts, not {sys.argv[3]}: {trace.segments}")
print(f"{trace.rows} rows in {starts} starts, the same bytes as undisturbed: {trace.segments}")

"""What jobs/sweep.py is made of: a plan of runs from a TOML file, a folder that keeps them, and what is shown of them.

    plan      the TOML file -> runs: products of lists, within sections
    program   the program vireo: where it is, which options it knows, what it refuses
    folder    results by what they are results of: the stored command, the files that it reads, the locks
    crew      so many runs at a time, with a line of progress, until all are done or a signal comes
    results   what each run paid until it was where it should be; medians and ranges over seeds
    tables    the same as text, Markdown, CSV and JSON; claims and marks are what is expected of them
    picture   curves by analysis/vireo_analysis
"""

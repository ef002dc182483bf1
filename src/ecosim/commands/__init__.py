"""The commands, a module each: an ``Order``, whose fields are the options, and ``carry_out``.

All of them are imported to print the help, so they import what a command needs only when it is carried out.
"""

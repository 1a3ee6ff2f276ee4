"""Runs the program by Pulumi's Automation API, which takes no language host.

usage: python run.py preview (or up, destroy)
"""

import runpy
import sys
from pathlib import Path

from pulumi import automation

folder = Path(__file__).parent
operation, stack_name = [*sys.argv[1:], "local"][:2]

stack = automation.create_or_select_stack(
    stack_name=stack_name,
    project_name="python-program",
    program=lambda: runpy.run_path(str(folder / "__main__.py")) and None,
    opts=automation.LocalWorkspaceOptions(work_dir=str(folder)),
)
getattr(stack, operation)(on_output=print)

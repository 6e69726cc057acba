"""All tools, one of each."""

import javascript  # noqa: F401, its classes are tools as well
from tools import Tool

ALL = [tool() for tool in Tool.__subclasses__()]

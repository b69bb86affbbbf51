from typing import Literal
def small_talk(turn): return ""

# Every pinned version of the build, in one place. tools/setup reads this file too.
set(LONGWATCH_PYARROW_VERSION 26.0.1)
set(LONGWATCH_ARROW_MAJOR 26)
set(LONGWATCH_LIGHTGBM_VERSION 4.6.0)

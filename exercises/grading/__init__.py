"""Grades exercises: nbgrader's cycle, a sandbox for students' code, and checks outside it."""

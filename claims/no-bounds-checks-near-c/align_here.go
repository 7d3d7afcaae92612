//go:build !half

// The constraint is for tools that look at the whole folder: the build names the file that it wants.

package main

// shift is inlined and leaves no code, so that the loops lie where the linker puts them.
func shift() {}

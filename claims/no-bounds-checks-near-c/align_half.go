//go:build half

// The constraint is for tools that look at the whole folder: the build names the file that it wants.

package main

// shift takes a slot of 32 bytes in front of the loops, so that each lies half a cache line further on.
//
//go:noinline
func shift() {}

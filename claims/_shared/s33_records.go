package main

import "runtime"

var memory runtime.MemStats

func nothing() {}

// register registers n deferred calls in one frame, in a loop, so that each has a record on the heap, and
// calls then before any of them runs.
//
//go:noinline
func register(n int, then func()) {
	for i := 0; i < n; i++ {
		defer nothing()
	}
	then()
}

// objects returns how many heap objects have been allocated in each of the runtime's size classes.
func objects() (counts [61]uint64) {
	runtime.ReadMemStats(&memory)
	for class := range memory.BySize {
		counts[class] = memory.BySize[class].Mallocs
	}
	return counts
}

// mostSince tells in which class most objects have been allocated since before, and how many.
func mostSince(before [61]uint64) (class int, count uint64) {
	now := objects()
	for i := range now {
		if n := now[i] - before[i]; n > count {
			class, count = i, n
		}
	}
	return class, count
}

// Command s22_inlining holds short functions that defer a call and the same functions without the defer, each with
// a caller of its own. What the compiler says of them is read, and the callers' machine code; it is not run.
package main

import "os"

var total int

func add(n int) { total += n }

func deferInLoop(n int) {
	for i := 0; i < n; i++ {
		defer add(i)
	}
}

func callInLoop(n int) {
	for i := 0; i < n; i++ {
		add(i)
	}
}

func deferOnce(n int) {
	defer add(n)
}

// addKept is add, and may not be inlined.
//
//go:noinline
func addKept(n int) { total += n }

func deferOnceKept(n int) {
	defer addKept(n)
}

func callOnce(n int) {
	add(n)
}

//go:noinline
func calls_deferInLoop(n int) { deferInLoop(n) }

//go:noinline
func calls_callInLoop(n int) { callInLoop(n) }

//go:noinline
func calls_deferOnce(n int) { deferOnce(n) }

//go:noinline
func calls_deferOnceKept(n int) { deferOnceKept(n) }

//go:noinline
func calls_callOnce(n int) { callOnce(n) }

func main() {
	n := len(os.Args)
	calls_deferInLoop(n)
	calls_callInLoop(n)
	calls_deferOnce(n)
	calls_deferOnceKept(n)
	calls_callOnce(n)
	if total == 0 {
		os.Exit(1)
	}
}

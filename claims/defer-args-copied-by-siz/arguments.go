// Command arguments defers calls with 24 bytes of arguments and with none, in a loop so that the runtime keeps
// the records. Their machine code is looked at; it is not run.
package main

import "os"

var total int

//go:noinline
func three(a, b, c int) { total += a + b + c }

//go:noinline
func none() { total++ }

//go:noinline
func deferThree(n int) {
	for i := 0; i < n; i++ {
		defer three(i, n, total)
	}
}

//go:noinline
func deferNone(n int) {
	for i := 0; i < n; i++ {
		defer none()
	}
}

func main() {
	deferThree(len(os.Args))
	deferNone(len(os.Args))
	if total == 0 {
		os.Exit(1)
	}
}

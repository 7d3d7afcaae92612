// Command loops defers in loops whose number of rounds stands in the source, and in one that only the caller knows. What the
// compiler says of each defer statement is read, and the machine code; it is not run.
package main

import "os"

var ran int

//go:noinline
func work() { ran++ }

//go:noinline
func three() {
	for i := 0; i < 3; i++ {
		defer work() // counted
	}
}

//go:noinline
func one() {
	for i := 0; i < 1; i++ {
		defer work() // counted
	}
}

//go:noinline
func array() {
	for range [3]int{} {
		defer work() // counted
	}
}

//go:noinline
func unknown(n int) {
	for i := 0; i < n; i++ {
		defer work() // open end
	}
}

func main() {
	three()
	one()
	array()
	unknown(len(os.Args))
	if ran == 0 {
		os.Exit(1)
	}
}

// Command unrolled is loops with the rounds that stand in the source written out, as a compiler that counts them
// could do.
package main

import "os"

var ran int

//go:noinline
func work() { ran++ }

//go:noinline
func three() {
	defer work() // counted
	defer work() // counted
	defer work() // counted
}

//go:noinline
func one() {
	defer work() // counted
}

//go:noinline
func array() {
	defer work() // counted
	defer work() // counted
	defer work() // counted
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

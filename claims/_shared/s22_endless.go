// Command s22_endless defers, in a loop that never ends, a function that takes a variable's address and does not keep it.
package main

import "os"

func use(p *int) { *p++ }

func tried(n int) {
	for {
		i := n
		defer use(&i)
	}
}

//go:noinline
func caller(n int) {
	if n < 0 {
		tried(n)
	}
}

func main() { caller(len(os.Args)) }

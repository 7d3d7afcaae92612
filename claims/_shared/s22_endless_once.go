// Command s22_endless_once is s22_endless with a loop that makes a single round, so that the list of deferred calls has one entry.
package main

import "os"

func use(p *int) { *p++ }

func tried(n int) {
	for round := 0; round < 1; round++ {
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

// Command s22_endless_none is s22_endless without the loop.
package main

import "os"

func use(p *int) { *p++ }

func tried(n int) {
	i := n
	defer use(&i)
}

//go:noinline
func caller(n int) {
	if n < 0 {
		tried(n)
	}
}

func main() { caller(len(os.Args)) }

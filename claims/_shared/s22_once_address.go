// Command s22_once_address defers, once and outside a loop, a function that takes a variable's address and does not keep it.
package main

import "os"

func use(p *int) { *p++ }

//go:noinline
func tried(i int) {
	defer use(&i)
}

func main() { tried(len(os.Args)) }

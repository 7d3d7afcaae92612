// Command s22_once_number defers, once and outside a loop, a function that takes a number as the number that it is.
package main

import "os"

var total int

//go:noinline
func use(n int) { total += n }

//go:noinline
func tried(i int) {
	defer use(i)
}

func main() { tried(len(os.Args)) }

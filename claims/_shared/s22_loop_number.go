// Command s22_loop_number defers, in a loop, a function that takes the loop's variable as the number that it is.
package main

import "os"

var total int

//go:noinline
func use(n int) { total += n }

//go:noinline
func tried(n int) {
	for i := 0; i < n; i++ {
		defer use(i)
	}
}

func main() { tried(len(os.Args)) }

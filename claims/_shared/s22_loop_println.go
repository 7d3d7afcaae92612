// Command s22_loop_println defers fmt.Println of the loop's variable in a loop.
package main

import (
	"fmt"
	"os"
)

//go:noinline
func tried(n int) {
	for i := 0; i < n; i++ {
		defer fmt.Println(i)
	}
}

func main() { tried(len(os.Args)) }

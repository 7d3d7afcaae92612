// Command s22_loop_println_direct calls fmt.Println of the loop's variable in a loop and defers nothing.
package main

import (
	"fmt"
	"os"
)

//go:noinline
func tried(n int) {
	for i := 0; i < n; i++ {
		fmt.Println(i)
	}
}

func main() { tried(len(os.Args)) }

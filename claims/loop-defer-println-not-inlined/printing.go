// Command printing defers fmt.Println in a loop, and once outside a loop.
package main

import (
	"fmt"
	"os"
)

//go:noinline
func tried(n int) {
	for i := 0; i < n; i++ {
		defer fmt.Println(i) // in the loop
	}
}

//go:noinline
func once(i int) {
	defer fmt.Println(i) // once
}

func main() {
	tried(len(os.Args))
	once(len(os.Args))
}

// Command direct calls fmt.Println where printing defers it.
package main

import (
	"fmt"
	"os"
)

//go:noinline
func tried(n int) {
	for i := 0; i < n; i++ {
		fmt.Println(i) // in the loop
	}
}

//go:noinline
func once(i int) {
	fmt.Println(i) // once
}

func main() {
	tried(len(os.Args))
	once(len(os.Args))
}

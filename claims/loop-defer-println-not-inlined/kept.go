// Command kept is printing with a function in the loop that has the body of fmt.Println and may not be inlined.
package main

import (
	"fmt"
	"os"
)

//go:noinline
func show(a ...interface{}) (n int, err error) { return fmt.Fprintln(os.Stdout, a...) }

//go:noinline
func tried(n int) {
	for i := 0; i < n; i++ {
		defer show(i) // in the loop
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

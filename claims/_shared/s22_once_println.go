// Command s22_once_println defers fmt.Println once, outside a loop.
package main

import (
	"fmt"
	"os"
)

//go:noinline
func tried(i int) {
	defer fmt.Println(i)
}

func main() { tried(len(os.Args)) }

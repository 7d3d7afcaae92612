// Command rich is a program whose runtime is looked at: it keeps defers pending through a collection.
package main

import "runtime"

func nothing() {}

func main() {
	for i := 0; i < 1000; i++ {
		defer nothing()
	}
	runtime.GC()
}

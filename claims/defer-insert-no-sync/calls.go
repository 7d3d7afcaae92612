// Command calls makes the compiler use each of the runtime's ways to record a deferred call.
package main

import "os"

func deferred(i int) { println(i) }

// loop records each call with runtime.deferproc.
func loop(n int) {
	for i := 0; i < n; i++ {
		defer deferred(i)
	}
}

// once records its first call, which is on the stack, with runtime.deferprocStack: beside a loop no call is open-coded.
func once(n int) {
	defer deferred(n)
	for i := 0; i < n; i++ {
		defer deferred(i)
	}
}

func main() {
	loop(len(os.Args))
	once(len(os.Args))
}

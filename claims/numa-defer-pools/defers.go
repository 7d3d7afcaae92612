// Command defers lets four goroutines hold many deferred calls at once, so that the runtime needs more records than its pools
// have, three times over. It uses next to nothing of the standard library, so that a changed runtime is built soon.
package main

import "runtime"

const (
	goroutines = 4
	calls      = 3000
)

func note(total *int) { *total++ }

//go:noinline
func hold(total *int) {
	for i := 0; i < calls; i++ {
		defer note(total)
	}
}

func main() {
	totals := make(chan int)
	for i := 0; i < goroutines; i++ {
		go func() {
			total := 0
			for turn := 0; turn < 3; turn++ {
				hold(&total)
				runtime.Gosched()
			}
			totals <- total
		}()
	}
	all := 0
	for i := 0; i < goroutines; i++ {
		all += <-totals
	}
	if all != 3*calls*goroutines {
		panic("not all calls ran")
	}
	println(all)
}

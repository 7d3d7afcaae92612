// Command s22_loop_address_direct calls, in a loop over a slice, a function that takes the loop variable's address; nothing is deferred.
package main

func use(p *int) { *p++ }

//go:noinline
func tried(s []int) {
	for i := range s {
		use(&i)
	}
}

func main() { tried(make([]int, 5)) }

// Padding for linkers from before Go 1.23, which cannot shuffle: they are compiled with this file, and LAYOUT then
// moves every function by some multiple of its alignment. The order of functions stays as it is.

package ld

import (
	"math/rand"
	"os"
	"strconv"
)

const most = 8

var arrangement = func() *rand.Rand {
	number, err := strconv.ParseInt(os.Getenv("LAYOUT"), 10, 64)
	if err != nil || number == 0 {
		return nil
	}
	return rand.New(rand.NewSource(number))
}()

// padding is what is left free before the next function.
func padding(align int32) uint64 {
	if arrangement == nil {
		return 0
	}
	return uint64(arrangement.Intn(most)) * uint64(align)
}

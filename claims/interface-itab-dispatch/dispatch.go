// Command dispatch holds calls whose machine code is looked at, and shows an itab as it lies in memory.
package main

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"
)

type speaker interface {
	Speak(times int) int
}

type dog struct{ volume int }

//go:noinline
func (d *dog) Speak(times int) int { return d.volume * times }

type cat struct{ volume int }

//go:noinline
func (c *cat) Speak(times int) int { return c.volume + times }

// unknownType calls through an interface whose dynamic type comes from the caller.
//
//go:noinline
func unknownType(s speaker) int { return s.Speak(3) }

// visibleType calls through an interface whose dynamic type stands in the function itself.
//
//go:noinline
func visibleType(volume int) int {
	var s speaker = &dog{volume}
	return s.Speak(3)
}

// concreteType calls the method with no interface at all.
//
//go:noinline
func concreteType(d *dog) int { return d.Speak(3) }

// itab is the layout that the runtime gives to the first word of a non-empty interface: see
// internal/abi.ITab, before Go 1.22 runtime.itab.
type itab struct {
	inter, typ uintptr
	hash       uint32
	_          [4]byte
	fun        [1]uintptr
}

// tableOf returns the itab that the interface value points to.
func tableOf(s *speaker) *itab {
	return (*struct {
		tab  *itab
		data unsafe.Pointer
	})(unsafe.Pointer(s)).tab
}

func main() {
	var animals []speaker
	for i := range os.Args {
		animals = append(animals, &dog{i}, &cat{i})
	}
	total := visibleType(1) + concreteType(&dog{2})
	for i := range animals {
		total += unknownType(animals[i])
		name := runtime.FuncForPC(tableOf(&animals[i]).fun[0]).Name()
		fmt.Printf("%T: first entry of its itab is %s\n", animals[i], name)
	}
	if total == 0 {
		os.Exit(1)
	}
}

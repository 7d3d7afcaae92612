// Looks for a way in which the source's statements on where a defer record lives can hold together.
//
// A record is small or large (the source draws the line at 1024) and lies in one of three places: on the
// goroutine's stack; in the pool that each P keeps, which is memory of the heap that is used again; or in
// memory of the heap that was allocated for it. An assignment gives each of the two sizes its place. Each statement is a
// predicate over assignments, once as it stands and once as kindly as its words allow.
package main

import (
	"fmt"
	"os"
	"strings"
)

type place int

const (
	stack place = iota
	pool
	fresh
)

var names = [...]string{"stack", "pool", "fresh heap memory"}

// assignment says where small and where large records live.
type assignment struct{ small, large place }

// statement is one section's. One that is a control's takes part only where it is asked for by name.
type statement struct {
	section, says string
	control       bool
	strict        func(assignment) bool
	lenient       func(assignment) bool
}

var statements = []statement{
	{
		section: "2.1",
		says:    "every record is allocated on the goroutine's stack, not in the heap",
		strict:  func(a assignment) bool { return a.small == stack && a.large == stack },
		// Kindly: the sentence is about the usual record, so a large one may lie elsewhere.
		lenient: func(a assignment) bool { return a.small == stack },
	},
	{
		section: "2.4",
		says:    "below 1024 from the pool, otherwise allocated in the heap",
		strict:  func(a assignment) bool { return a.small == pool && a.large == fresh },
		// Kindly: the pool is filled from the heap, so where it is empty a small one is new as well.
		lenient: func(a assignment) bool { return a.small != stack && a.large == fresh },
	},
	{
		section: "3.2",
		says:    "every record lies in the pool, in a region of the heap of its own, not on the stack",
		strict:  func(a assignment) bool { return a.small == pool && a.large == pool },
		// Kindly: anything in the heap will do, as long as it is not on the stack.
		lenient: func(a assignment) bool { return a.small != stack && a.large != stack },
	},
	{
		section: "3.2-code",
		says:    "a comment in the code of section 3.2: from the pool of each P, not allocated on the stack",
		control: true,
		strict:  func(a assignment) bool { return a.small == pool && a.large == pool },
		lenient: func(a assignment) bool { return a.small != stack && a.large != stack },
	},
}

func main() {
	chosen := choose(os.Getenv("SECTIONS"))
	lenient := os.Getenv("READING") == "lenient"
	for _, one := range chosen {
		fmt.Printf("%s: %s\n", one.section, one.says)
	}
	all := count(chosen, lenient, true)
	fmt.Printf("{\"metric\": \"together\", \"value\": %d}\n", all)
	for _, one := range chosen {
		if one.control {
			continue
		}
		alone := count([]statement{one}, lenient, false)
		fmt.Printf("{\"metric\": \"alone_%s\", \"value\": %d}\n", strings.ReplaceAll(one.section, ".", "_"), alone)
	}
	for i, one := range chosen {
		for _, other := range chosen[i+1:] {
			if one.control || other.control {
				continue
			}
			pair := count([]statement{one, other}, lenient, false)
			key := strings.ReplaceAll(one.section+"_and_"+other.section, ".", "_")
			fmt.Printf("{\"metric\": \"pair_%s\", \"value\": %d}\n", key, pair)
		}
	}
}

// choose gives the statements of the sections that are named, or those of the claim.
func choose(sections string) []statement {
	named := map[string]bool{}
	for _, section := range strings.Fields(sections) {
		named[section] = true
	}
	var chosen []statement
	for _, one := range statements {
		if named[one.section] || (sections == "" && !one.control) {
			chosen = append(chosen, one)
		}
	}
	return chosen
}

// count tells how many of the nine assignments satisfy all of the statements.
func count(all []statement, lenient, show bool) int {
	found := 0
	for small := stack; small <= fresh; small++ {
		for large := stack; large <= fresh; large++ {
			a, holds := assignment{small, large}, true
			for _, one := range all {
				predicate := one.strict
				if lenient {
					predicate = one.lenient
				}
				holds = holds && predicate(a)
			}
			if holds {
				found++
				if show {
					fmt.Printf("possible: small in %s, large in %s\n", names[small], names[large])
				}
			}
		}
	}
	return found
}

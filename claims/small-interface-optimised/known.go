// Package corpus, in this file, is the control: four sites which a compiler that devirtualizes before it inlines
// is known to inline, because the type stands beside the call and the method is a few instructions long.
package corpus

import "fmt"

type point struct{ x, y int }

func (p point) String() string { return "point" }

type failure struct{ line int }

func (f *failure) Error() string { return "failure" }

// values: point{.*
func Site01Stringer(x, y int) int {
	var s fmt.Stringer = point{x, y}
	return len(s.String())
}

// values: &failure{.*
func Site02Error(line int) int {
	var err error = &failure{line}
	return len(err.Error())
}

// values: point{.*
func Site03Same(x int) string {
	var s fmt.Stringer = point{x, x}
	return s.String()
}

// values: &failure{.*
func Site04Text() string {
	var err error = &failure{1}
	return err.Error()
}

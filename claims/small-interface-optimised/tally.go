// Command tally says how the compiler treated the interface calls of corpus.go: it reads the compiler's diagnostics
// (-gcflags=-m) on standard input and prints one JSON line per metric, and a table of the sites.
//
// devirtualized: the compiler found the dynamic type. inlined: it also put the method's body in the call's place.
// off_heap: no message says that one of the site's values moves or escapes to the heap, or leaks to where the
// caller must keep it there.
package main

import (
	"bufio"
	"fmt"
	"io/ioutil"
	"log"
	"os"
	"regexp"
	"strconv"
	"strings"
)

type site struct {
	name                             string
	first, last                      int
	values                           string
	elsewhere                        bool
	devirtualized, inlined, kept, ko bool
}

var (
	mark    = regexp.MustCompile(`^// (values|made elsewhere): (.*)$`)
	begin   = regexp.MustCompile(`^func .*(Site\d\d\w+)\(`)
	message = regexp.MustCompile(`corpus\.go:(\d+):(\d+): (.*)$`)
	found   = regexp.MustCompile(`^devirtualizing \w+(?:\.\w+)*\.(\w+) to (.*)$`)
)

func main() {
	source, err := ioutil.ReadFile("corpus.go")
	if err != nil {
		log.Fatal(err)
	}
	sites := parse(strings.Split(string(source), "\n"))
	judge(sites, bufio.NewScanner(os.Stdin))
	report(sites)
}

// parse finds the sites with their line ranges and marks.
func parse(lines []string) []*site {
	var sites []*site
	var marked []string
	open := false
	for i, line := range lines {
		if m := mark.FindStringSubmatch(line); m != nil {
			marked = m
		}
		if m := begin.FindStringSubmatch(line); m != nil {
			sites = append(sites, &site{name: m[1], first: i + 1, values: marked[2], elsewhere: marked[1] != "values"})
			open = true
		}
		if open && (line == "}" || strings.HasSuffix(line, " }") && strings.HasPrefix(line, "func")) {
			sites[len(sites)-1].last = i + 1
			open = false
		}
	}
	return sites
}

// judge reads the messages into the sites on whose lines they lie.
func judge(sites []*site, messages *bufio.Scanner) {
	targets := map[string]string{}
	inlined := map[string]bool{}
	owner := map[string]*site{}
	for messages.Scan() {
		m := message.FindStringSubmatch(messages.Text())
		if m == nil {
			continue
		}
		line, _ := strconv.Atoi(m[1])
		for _, s := range sites {
			if line < s.first || line > s.last {
				continue
			}
			at := m[1] + ":" + m[2]
			if f := found.FindStringSubmatch(m[3]); f != nil {
				s.devirtualized = true
				targets[at] = f[1]
				owner[at] = s
			}
			if strings.HasPrefix(m[3], "inlining call to ") {
				method := m[3][strings.LastIndex(m[3], ".")+1:]
				inlined[at+" "+method] = true
			}
			s.escape(m[3])
		}
	}
	for at, method := range targets {
		if inlined[at+" "+method] {
			owner[at].inlined = true
		}
	}
}

// escape notes what a message says of the site's values.
func (s *site) escape(text string) {
	says := func(pattern string) bool {
		return regexp.MustCompile("^" + strings.Replace(pattern, "V", "(?:"+s.values+")", 1) + "$").MatchString(text)
	}
	switch {
	case says(`moved to heap: V`), says(`V escapes to heap:?`), says(`leaking param(?: content)?: V`):
		s.ko = true
	case says(`V does not escape`):
		s.kept = true
	}
}

func (s *site) offHeap() bool { return !s.ko && (s.kept || !s.elsewhere) }

func report(sites []*site) {
	devirtualized, inlined, offHeap := 0, 0, 0
	count := func(yes bool, n *int) string {
		if yes {
			*n++
			return "yes"
		}
		return "no"
	}
	fmt.Printf("%-24s %-14s %-8s %s\n", "site", "devirtualized", "inlined", "off the heap")
	for _, s := range sites {
		fmt.Printf("%-24s %-14s %-8s %s\n", s.name, count(s.devirtualized, &devirtualized), count(s.inlined, &inlined), count(s.offHeap(), &offHeap))
	}
	share := func(name string, n int) {
		fmt.Printf("{\"metric\": %q, \"value\": %.2f, \"unit\": \"%%\"}\n", name, 100*float64(n)/float64(len(sites)))
	}
	fmt.Printf("{\"metric\": \"sites\", \"value\": %d}\n", len(sites))
	share("devirtualized", devirtualized)
	share("inlined", inlined)
	share("off_heap", offHeap)
}

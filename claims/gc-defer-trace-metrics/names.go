// Command names counts how often a text occurs in files, whether in capitals or not, and lists what the events of
// an execution trace about the collector are called.
//
// Usage: names METRIC TEXT FILE...
//
//	names events FILE
package main

import (
	"bytes"
	"fmt"
	"io/ioutil"
	"log"
	"os"
	"regexp"
	"sort"
	"strings"
)

func read(path string) []byte {
	text, err := ioutil.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	return text
}

func main() {
	if os.Args[1] == "events" {
		names := map[string]bool{}
		for _, match := range regexp.MustCompile(`"(GC [a-z ]+)"| (GC\w+) `).FindAllSubmatch(read(os.Args[2]), -1) {
			names[string(match[1])+string(match[2])] = true
		}
		list := []string{}
		for name := range names {
			list = append(list, name)
		}
		sort.Strings(list)
		fmt.Printf("{\"metric\": \"gc_events\", \"value\": %q}\n", strings.Join(list, ", "))
		return
	}
	text := bytes.ToLower([]byte(os.Args[2]))
	count := 0
	for _, path := range os.Args[3:] {
		count += bytes.Count(bytes.ToLower(read(path)), text)
	}
	fmt.Printf("{\"metric\": %q, \"value\": %d}\n", os.Args[1], count)
}

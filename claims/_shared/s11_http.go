// Command server is a small but typical HTTP service: routes, a parsed template, JSON, timeouts and a log.
//
// It listens on 127.0.0.1:$PORT. START_DELAY, where it is given, makes it sleep before it listens,
// which is how the controls make a start slow by a known amount.
package main

import (
	"encoding/json"
	"html/template"
	"log"
	"net/http"
	"os"
	"time"
)

var page = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<title>{{.Title}}</title>
<ul>{{range .Items}}<li>{{.}}</li>{{end}}</ul>
`))

type listing struct {
	Title string
	Items []string
}

var shown = listing{"Inventory", []string{"apples", "pears", "plums"}}

func main() {
	if delay := os.Getenv("START_DELAY"); delay != "" {
		pause, err := time.ParseDuration(delay)
		if err != nil {
			log.Fatal(err)
		}
		time.Sleep(pause)
	}
	routes := http.NewServeMux()
	routes.HandleFunc("/items", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(shown); err != nil {
			log.Print(err)
		}
	})
	routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if err := page.Execute(w, shown); err != nil {
			log.Print(err)
		}
	})
	server := &http.Server{
		Addr:         "127.0.0.1:" + os.Getenv("PORT"),
		Handler:      routes,
		ReadTimeout:  5 * time.Second,
		WriteTimeout: 5 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}

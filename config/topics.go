package config

import _ "embed"

// This file holds the topics that come with the program.

//go:embed topics.toml
var shippedTopics string

// ShippedTopics gives the shipped catalogue of topics for the work of the IETF
// and the IRTF, as the text of a file: [[topic]] tables with remarks, each with
// an English and a Japanese title, a description and a query. The text can
// stand in a file of its own or in a whole configuration, wherever a table may
// begin.
func ShippedTopics() string { return shippedTopics }

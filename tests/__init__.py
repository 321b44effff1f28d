"""The tests, by kind: core, data, render, queries, actions, pages, journeys, second opinion, house, benchmarks."""

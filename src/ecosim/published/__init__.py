"""Published results, reproduced: a file for each, the test that holds ours against it, and the page that tells of all."""

"""The built-in class weights, one method a file."""

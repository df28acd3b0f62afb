// TO@DO(#12): named
// TO@DO: unnamed

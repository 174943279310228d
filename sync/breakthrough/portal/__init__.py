"""What `run` answers by HTTP on this computer: health, metrics, REDCap's data-entry trigger, and unsubscribing."""

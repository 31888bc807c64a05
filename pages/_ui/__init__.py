"""What pages draw with: the frame of a page, forms, grids, charts, jobs, words; a folder of panels for each page."""

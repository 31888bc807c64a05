"""What pages draw with: the frame around a page, forms, grids, charts, jobs, words; and a folder of panels for each page."""
